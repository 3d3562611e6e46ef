import type { Exchange } from '../exchange';
import { accounts, closing } from './accounts';
import { callbacks, schedule } from './callbacks';
import { card } from './cards';
import { attachment, note, statement } from './files';
import { farewell, handshake, oauth } from './handshake';
import { batch, draft, payment } from './payments';
import { bunqMe, request, requestBatch, response } from './requests';

/** All exchanges, in the order in which they are sent: later ones use what earlier ones kept. Add yours to any of the files. */
export const exchanges: Exchange[] = [
	...handshake,
	...accounts,
	...request,
	...payment,
	...batch,
	...draft,
	...requestBatch,
	...response,
	...bunqMe,
	...card,
	...attachment,
	...note,
	...statement,
	...callbacks,
	...schedule,
	...oauth,
	...closing,
	...farewell,
];
