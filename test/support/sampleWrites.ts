import type { IDataObject } from 'n8n-workflow';
import type { LoggedRequest } from '../simulator';
import type { TestBank } from './bank';
import { passMinutes } from './fakeClock';
import { MAY_PAY_OTHERS } from './parameters';
import { type OperationRow, requiredParameters } from './sampleParameters';

/** A write that is about to be sent. */
export interface SampleWrite {
	parameters: IDataObject;
	request: LoggedRequest;
	/** How many reads come before it. */
	reads: number;
}

export const isWrite = ({ method }: LoggedRequest) => method !== 'GET';

/** How often bunq carried out the request that it carried out most: a file is uploaded and then added, which is two. */
export const timesActed = (log: LoggedRequest[]) => {
	const counts = new Map<string, number>();
	for (const { method, path, changedSomething } of log)
		if (changedSomething)
			counts.set(`${method} ${path}`, (counts.get(`${method} ${path}`) ?? 0) + 1);
	return Math.max(0, ...counts.values());
};

/** Parameters with which the operation writes. May create what it needs, which the bank's log then shows. */
const sampleOf = async (bank: TestBank, row: OperationRow): Promise<IDataObject> => {
	const parameters = await requiredParameters(bank, row);
	if (row.id !== 'api.request') return parameters;
	const [payment] = await bank.receive('Main');
	const account = await bank.accountId('Main');
	const path = `/user/{user}/monetary-account/${account}/payment/${payment}/note-text`;
	return { ...parameters, method: 'POST', path, body: { content: 'Sample' } };
};

/**
 * Finds out what an operation that writes would send: the bank refuses it.
 * @param path only a request to such a path, for operations that send more than one
 */
export const prepareWrite = async (
	bank: TestBank,
	row: OperationRow,
	path = '^/v1/user/',
): Promise<SampleWrite> => {
	const parameters = await sampleOf(bank, row);
	for (const method of ['POST', 'PUT', 'DELETE'])
		await bank.control.fault({ kind: 'maintenance', method, path });
	await bank.control.clearLog();
	await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
	const request = (await bank.log()).filter(isWrite).at(-1);
	if (!request) throw new Error(`${row.id} writes nothing`);
	const reads = (await bank.log()).filter((one) => !isWrite(one)).length;
	await bank.control.clearFaults();
	// Creating the sample may have used up a rate limit.
	passMinutes();
	await bank.control.clearLog();
	return { parameters, request, reads };
};

/** Another sample of a write whose request is known, apart from the IDs in its path. Returns its parameters. */
export const prepareAgain = async (bank: TestBank, row: OperationRow): Promise<IDataObject> => {
	const parameters = await sampleOf(bank, row);
	passMinutes();
	await bank.control.clearLog();
	return parameters;
};
