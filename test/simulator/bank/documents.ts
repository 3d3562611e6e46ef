import { toAmount } from './money';
import type { Account, Payment } from './state';

/** Files that the bank writes: statements and invoices (§9.11). The layouts are inferred. */

/** A text as a file of one page that PDF readers open; other characters than those of Latin-1 become `?`. */
export const pdfOf = (lines: readonly string[]): Buffer => {
	const shown = lines.map(
		(line) => `(${line.replace(/[^\x20-\xff]/g, '?').replace(/[\\()]/g, '\\$&')}) Tj T*`,
	);
	const content = `BT /F1 9 Tf 12 TL 40 800 Td\n${shown.join('\n')}\nET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
	];
	let file = '%PDF-1.4\n';
	const offsets = objects.map((object, at) => {
		const offset = file.length;
		file += `${at + 1} 0 obj\n${object}\nendobj\n`;
		return `${String(offset).padStart(10, '0')} 00000 n \n`;
	});
	const start = file.length;
	const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
	const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
	return Buffer.from(file + table + end, 'latin1');
};

const dayOf = ({ created }: Payment) => created.slice(0, 10);

/** `1.234,50` or `1,234.50`. */
const grouped = (cents: number, [thousands, point]: readonly [string, string]) => {
	const [whole, decimals] = toAmount(cents).value.split('.');
	return `${whole.replace(/\B(?=(\d{3})+$)/g, thousands)}${point}${decimals}`;
};

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** §9.11: the columns that clients read. */
export const csvOf = (
	{ iban }: Account,
	payments: readonly Payment[],
	format: 'EUROPEAN' | 'UK_US',
): string => {
	const isEuropean = format === 'EUROPEAN';
	const separators = isEuropean ? (['.', ','] as const) : ([',', '.'] as const);
	const head = [
		'Date',
		'Interest Date',
		'Amount',
		'Account',
		'Counterparty',
		'Name',
		'Description',
	];
	const rows = payments.map((payment) => [
		dayOf(payment),
		dayOf(payment),
		grouped(payment.cents, separators),
		iban ?? '',
		payment.counterparty.iban ?? '',
		payment.counterparty.name,
		payment.description,
	]);
	const line = (cells: string[]) => cells.map(quoted).join(isEuropean ? ';' : ',');
	return `${[head, ...rows].map(line).join('\n')}\n`;
};

const comma = (cents: number) => toAmount(Math.abs(cents)).value.replace('.', ',');
const side = (cents: number) => (cents < 0 ? 'D' : 'C');
const short = (day: string) => day.slice(2).replaceAll('-', '');

/** What a statement is about. */
export interface Period {
	number: number;
	start: string;
	end: string;
	/** The balance before the first day, in cents. */
	opening: number;
}

/** A customer statement message of SWIFT with its required fields. */
export const mt940Of = (
	{ iban, currency }: Account,
	payments: readonly Payment[],
	{ number, start, end, opening }: Period,
): string => {
	const balance = (cents: number, day: string) =>
		`${side(cents)}${short(day)}${currency}${comma(cents)}`;
	const entries = payments.flatMap((payment) => {
		const day = dayOf(payment);
		const { iban: other, name } = payment.counterparty;
		return [
			`:61:${short(day)}${short(day).slice(2)}${side(payment.cents)}${comma(payment.cents)}NTRFNONREF`,
			`:86:${other ? `/IBAN/${other}` : ''}/NAME/${name}/REMI/${payment.description}`,
		];
	});
	const closing = payments.reduce((sum, { cents }) => sum + cents, opening);
	return `${[
		`:20:BUNQ${number}`,
		`:25:${iban} ${currency}`,
		`:28C:${number}/1`,
		`:60F:${balance(opening, start)}`,
		...entries,
		`:62F:${balance(closing, end)}`,
		'-',
	].join('\r\n')}\r\n`;
};
