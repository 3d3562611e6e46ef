import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A decoded mail. */
export interface Mail {
	to: string;
	subject: string;
	text: string;
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

/** Decodes a mail with a single part. */
const read = (sent: string): Mail => {
	const at = sent.indexOf('\r\n\r\n');
	const [head, body] = [sent.slice(0, at).replace(/\r\n[ \t]+/g, ' '), sent.slice(at + 4)];
	const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1].trim() ?? '';
	// RFC 2047: `=?UTF-8?Q?caf=C3=A9?=`; a space between two such words is ignored.
	const subject = header('Subject')
		.replace(/\?= (?==\?)/g, '?=')
		.replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, encoding: string, word: string) =>
			/b/i.test(encoding)
				? decode('base64', word)
				: decode('quoted-printable', word.replace(/_/g, ' ')),
		);
	const text = decode(header('Content-Transfer-Encoding'), body.replace(/^\.\./gm, '.'));
	return { to: header('To'), subject, text: text.replace(/\r\n/g, '\n').trimEnd() };
};

const decode = (encoding: string, text: string): string => {
	if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
	if (encoding !== 'quoted-printable') return Buffer.from(text, 'latin1').toString('utf8');
	const bytes = text
		.replace(/=\r\n/g, '')
		.replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
	return Buffer.from(bytes, 'latin1').toString('utf8');
};
