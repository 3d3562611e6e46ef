import { FileItem } from '../api/files';
import type { Invoice } from '../api/fileTypes';
import { listNewest } from '../api/pagination';
import { path } from '../api/path';
import { limit, outputFieldName, returnAll, simplify } from '../parameters/fields';
import { readOperation, type Resource } from './operation';

const oauthAlternative =
	'bunq does not list its invoices among the rights of OAuth apps. Use the Bunq API credential, or the bunq app.';

export const invoice: Resource = {
	name: 'Invoice',
	value: 'invoice',
	description: 'What bunq charges you',
	operations: {
		download: readOperation({
			name: 'Download',
			action: 'Download invoice',
			description: 'Get one invoice of bunq as a PDF',
			oauthAlternative,
			fields: [
				{
					displayName: 'Invoice ID',
					name: 'invoiceId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 902817',
					description: 'The ID of the invoice, as Get Many gives it: digits only',
				},
				outputFieldName,
			],
			read: async ({ invoiceId, outputFieldName: field }, bunq) => {
				const file = await bunq.download(path`/user/{user}/invoice/${invoiceId}/pdf-content`);
				const json = { id: Number(invoiceId) };
				return new FileItem(json, { ...file, name: `bunq-invoice-${invoiceId}.pdf` }, field);
			},
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many invoices',
			description: 'List the invoices that bunq sent you, newest first',
			oauthAlternative,
			fields: [returnAll, limit, simplify],
			read: async (wanted, bunq) => await listNewest<Invoice>(bunq, '/user/{user}/invoice', wanted),
		}),
	},
};
