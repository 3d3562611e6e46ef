import type { World } from '..';
import type { Json } from '../bank/state';
import { clientKeys, euro } from '../control/testClient';
import { type Schema, nameOf, operationOf, schemaOf } from '../../support/openapi';

/** A body for each of bunq's operations that has one. */

/** The bank's world, and what is in it for samples. */
export interface Given extends World {
	/** A file that was uploaded to the first account. */
	attachmentId: number;
	/** A public one. */
	uuid: string;
	/** A draft that waits for an answer, and the time of its last change. */
	draft: { id: number; updated: string };
	/** A callback that the bank gave up. */
	failureId: number;
}

/** The receiver of callbacks; nobody is called. */
export const TARGET = 'https://n8n.example.com/hook';

/** An order to pay. */
export const entry = ({
	thirdParties,
	attachmentId,
}: Pick<Given, 'thirdParties' | 'attachmentId'>) => ({
	amount: euro('1.00'),
	counterparty_alias: { type: 'IBAN', value: thirdParties[0].iban, name: 'Somebody' },
	description: 'Test',
	attachment: [{ id: attachmentId }],
});

/** A request for money. */
export const request = ({
	thirdParties,
	attachmentId,
}: Pick<Given, 'thirdParties' | 'attachmentId'>) => ({
	amount_inquired: euro('1.00'),
	counterparty_alias: { type: 'EMAIL', value: thirdParties[0].email },
	description: 'Test',
	attachment: [{ id: attachmentId }],
	minimum_age: 18,
	require_address: 'NONE',
	redirect_url: 'https://example.com',
	allow_bunqme: true,
});

/** A bunq.me tab. */
export const link = () => ({
	bunqme_tab_entry: { amount_inquired: euro('1.00'), description: 'Test' },
});

const external = () => ({ currency: 'EUR', service: 'x' });
const card = () => ({
	second_line: '',
	name_on_card: 'E. Levy',
	type: 'MASTERCARD',
	product_type: 'MASTERCARD_TRAVEL',
});

/** A payment in the far future. */
const schedule = (given: Given) => ({
	payment: entry(given),
	schedule: {
		time_start: '2099-01-31 09:00:00.000000',
		recurrence_unit: 'MONTHLY',
		recurrence_size: 1,
	},
});

/** A statement. */
export const statement = () => ({
	statement_format: 'CSV',
	date_start: '2026-01-01',
	date_end: '2026-12-31',
	regional_format: 'EUROPEAN',
});

const filters = () => ({
	notification_filters: [{ category: 'MUTATION', notification_target: TARGET }],
});

const ACCOUNT = '/user/{}/monetary-account/{}';

/** Bodies for routes with rules of their own. */
const OWN: Record<string, (given: Given) => Json> = {
	'POST /installation': () => ({ client_public_key: clientKeys().publicKeyPem }),
	'POST /device-server': ({ apiKey }) => ({
		description: 'n8n',
		secret: apiKey,
		permitted_ips: ['*'],
	}),
	'POST /session-server': ({ apiKey }) => ({ secret: apiKey }),
	'POST /user/{}/monetary-account-bank': () => ({ currency: 'EUR' }),
	'POST /user/{}/monetary-account-savings': () => ({ currency: 'EUR', savings_goal: euro('10') }),
	'POST /user/{}/monetary-account-joint': () => ({
		currency: 'EUR',
		all_co_owner: [{ alias: { type: 'EMAIL', value: 'sam@example.com' } }],
	}),
	'POST /user/{}/monetary-account-external': external,
	'POST /user/{}/monetary-account-external-savings': external,
	[`POST ${ACCOUNT}/payment`]: entry,
	[`POST ${ACCOUNT}/payment-batch`]: (given) => ({ payments: [entry(given), entry(given)] }),
	[`POST ${ACCOUNT}/draft-payment`]: (given) => ({
		entries: [entry(given)],
		number_of_required_accepts: 1,
	}),
	[`PUT ${ACCOUNT}/draft-payment/{}`]: ({ draft }) => ({
		status: 'CANCELLED',
		previous_updated_timestamp: draft.updated,
	}),
	[`POST ${ACCOUNT}/request-inquiry`]: request,
	[`POST ${ACCOUNT}/request-inquiry-batch`]: (given) => ({
		request_inquiries: [request(given), request(given)],
		total_amount_inquired: euro('2.00'),
	}),
	[`PUT ${ACCOUNT}/request-inquiry/{}`]: () => ({ status: 'REVOKED' }),
	[`PUT ${ACCOUNT}/request-response/{}`]: () => ({
		status: 'ACCEPTED',
		amount_responded: euro('1.00'),
	}),
	[`POST ${ACCOUNT}/customer-statement`]: statement,
	[`POST ${ACCOUNT}/schedule-payment`]: schedule,
	[`PUT ${ACCOUNT}/schedule-payment/{}`]: schedule,
	[`PUT ${ACCOUNT}/schedule/{}/schedule-instance/{}`]: () => ({ state: 'RETRY' }),
	'POST /user/{}/notification-filter-url': filters,
	[`POST ${ACCOUNT}/notification-filter-url`]: filters,
	'POST /user/{}/notification-filter-failure': ({ failureId }) => ({
		notification_filter_failed_ids: String(failureId),
	}),
	[`POST ${ACCOUNT}/bunqme-tab`]: link,
	[`PUT ${ACCOUNT}/bunqme-tab/{}`]: () => ({ ...link(), status: 'CANCELLED' }),
	'PUT /user/{}/card/{}': () => ({ status: 'DEACTIVATED' }),
	'POST /user/{}/card-debit': card,
	'POST /user/{}/card-credit': card,
};

for (const kind of ['bank', 'savings', 'joint', 'external', 'external-savings'])
	OWN[`PUT /user/{}/monetary-account-${kind}/{}`] = () => ({ description: 'Daily' });

/** What has notes with rules of their own (§9.9). */
export const NOTED = [
	'payment',
	'payment-batch',
	'draft-payment',
	'mastercard-action',
	'request-inquiry',
	'request-inquiry-batch',
	'request-response',
];
for (const subject of NOTED) {
	const file = ({ attachmentId }: Given) => ({ attachment_id: attachmentId, description: '' });
	OWN[`POST ${ACCOUNT}/${subject}/{}/note-attachment`] = file;
	OWN[`PUT ${ACCOUNT}/${subject}/{}/note-attachment/{}`] = file;
}

const POINTER = { type: 'EMAIL', value: 'sam@example.com' };
const KNOWN: Record<string, unknown> = {
	Amount: euro('1.00'),
	Pointer: POINTER,
	LabelMonetaryAccount: POINTER,
	LabelUser: POINTER,
};

/** How deep the objects in a body are. */
const DEPTH = 3;

const valueOf = (schema: Schema, depth: number): unknown => {
	if (schema.items) return depth < DEPTH ? [valueOf(schema.items, depth)] : [];
	const name = nameOf(schema);
	if (name) return KNOWN[name] ?? (depth < DEPTH ? bodyFor(schemaOf(name), depth + 1) : {});
	return { string: 'A text', integer: 7, boolean: true }[schema.type ?? ''] ?? {};
};

/** Every field that a client may write. */
const bodyFor = ({ properties = {}, required = [] }: Schema, depth = 0): Json =>
	Object.fromEntries(
		Object.entries(properties)
			.filter(([key, { readOnly }]) => !readOnly && (depth < DEPTH || required.includes(key)))
			.map(([key, schema]) => [key, valueOf(schema, depth)]),
	);

/** A body for an operation such as `POST /user/{}/card-debit`; undefined if it has none. */
export const bodyOf = (operation: string, given: Given): Json | undefined => {
	if (OWN[operation]) return OWN[operation](given);
	const [method, path] = operation.split(' ');
	const body = operationOf({ method, path })?.body;
	return body && bodyFor(schemaOf(nameOf(body)));
};
