import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A decoded mail. */
export interface Mail {
	to: string;
	subject: string;
	text: string;
	/** The attached files by name, if there are any. */
	files?: Record<string, Buffer>;
}

/** A mail server on this machine that accepts every mail and delivers none. */
export interface Mailbox {
	port: number;
	/** The mails since the last call, oldest first. */
	take(): Mail[];
	stop(): Promise<void>;
}

const ANSWERS: Record<string, string> = {
	DATA: '354 Go on, and end with a dot',
	QUIT: '221 Bye',
};

/** The part of SMTP (RFC 5321) that n8n's Send Email node uses without TLS and login. */
export const startMailbox = async (): Promise<Mailbox> => {
	let mails: Mail[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket.setEncoding('latin1'));
		socket.on('close', () => sockets.delete(socket));
		const received = { text: '', isMail: false };
		socket.on('data', (chunk: string) => {
			received.text += chunk;
			for (;;) {
				const end = received.isMail ? '\r\n.\r\n' : '\r\n';
				const at = received.text.indexOf(end);
				if (at < 0) return;
				const part = received.text.slice(0, at);
				received.text = received.text.slice(at + end.length);
				const command = part.slice(0, 4).toUpperCase();
				if (received.isMail) mails.push(read(part));
				received.isMail = !received.isMail && command === 'DATA';
				socket.write(`${(end === '\r\n' && ANSWERS[command]) || '250 OK'}\r\n`);
			}
		});
		socket.write('220 A mailbox\r\n');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		take: () => mails.splice(0),
		stop: async () => {
			mails = [];
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
};

/** A header by name, and the body, of a mail or of a part of one. */
const split = (sent: string) => {
	const at = sent.indexOf('\r\n\r\n');
	const head = sent.slice(0, at).replace(/\r\n[ \t]+/g, ' ');
	const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1].trim() ?? '';
	return { header, body: sent.slice(at + 4) };
};

/** The parts of a mail, at any depth: those without parts of their own. */
const partsOf = (sent: string): string[] => {
	const { header, body } = split(sent);
	const boundary = /boundary="?([^";]+)"?/.exec(header('Content-Type'))?.[1];
	if (!boundary) return [sent];
	return body
		.split(`--${boundary}`)
		.slice(1, -1)
		.flatMap((part) => partsOf(part.replace(/^\r\n/, '')));
};

/** Decodes a mail: its text is the first part, and parts with a name are files. */
const read = (sent: string): Mail => {
	const { header } = split(sent);
	const parts = partsOf(sent.replace(/^\.\./gm, '.')).map(split);
	// RFC 2047: `=?UTF-8?Q?caf=C3=A9?=`; a space between two such words is ignored.
	const subject = header('Subject')
		.replace(/\?= (?==\?)/g, '?=')
		.replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, encoding: string, word: string) =>
			/b/i.test(encoding)
				? decode('base64', word)
				: decode('quoted-printable', word.replace(/_/g, ' ')),
		);
	const nameOf = (part: ReturnType<typeof split>) =>
		/name="?([^";]+)"?/.exec(
			part.header('Content-Disposition') || part.header('Content-Type'),
		)?.[1];
	const [first] = parts;
	const text = decode(first.header('Content-Transfer-Encoding'), first.body);
	const files = parts.flatMap((part) => {
		const name = nameOf(part);
		const isBase64 = part.header('Content-Transfer-Encoding') === 'base64';
		return name ? [[name, Buffer.from(part.body, isBase64 ? 'base64' : 'latin1')] as const] : [];
	});
	return {
		to: header('To'),
		subject,
		text: text.replace(/\r\n/g, '\n').trimEnd(),
		...(files.length > 0 && { files: Object.fromEntries(files) }),
	};
};

const decode = (encoding: string, text: string): string => {
	if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
	if (encoding !== 'quoted-printable') return Buffer.from(text, 'latin1').toString('utf8');
	const bytes = text
		.replace(/=\r\n/g, '')
		.replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
	return Buffer.from(bytes, 'latin1').toString('utf8');
};
