import type { Bank } from './state';
import type { SwitchName, Switches } from './switches';

const watched = new WeakSet<Switches>();

/** From here on, notes in `bank.consulted` which switches the bank reads. */
export const watchSwitches = (bank: Bank): void => {
	if (watched.has(bank.switches)) return;
	bank.switches = new Proxy(bank.switches, {
		get(switches, name) {
			bank.consulted.add(name as SwitchName);
			return switches[name as SwitchName];
		},
	});
	watched.add(bank.switches);
};
