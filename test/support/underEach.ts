import type { Control } from '../simulator';
import { SWITCHES, type SwitchName, type Switches } from '../simulator/bank/switches';

/**
 * Tests under the values of a switch of the simulated bank. docs/simulator.md lists them by name: test/project/
 * docsSwitches.test.ts finds the calls, so the switch and the value are literals.
 */

interface Banked {
	readonly control: Pick<Control, 'switches' | 'consulted'>;
}

/** Defines tests under one value. Each fails where the bank does not read the switch: it would prove nothing. */
export const under = <K extends SwitchName>(
	bank: Banked,
	name: K,
	value: Switches[K],
	define: (value: Switches[K]) => void,
): void =>
	describe(`${name} ${JSON.stringify(value)}`, () => {
		beforeEach(async () => void (await bank.control.switches({ [name]: value })));
		afterEach(async () => {
			const consulted = await bank.control.consulted();
			if (!consulted.includes(name)) throw new Error(`The test made the bank read no ${name}`);
		});
		define(value);
	});

/** Defines the same tests under each value. */
export const underEach = <K extends SwitchName>(
	bank: Banked,
	name: K,
	define: (value: Switches[K]) => void,
): void => {
	for (const value of SWITCHES[name].values) under(bank, name, value as Switches[K], define);
};
