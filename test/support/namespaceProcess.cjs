/**
 * One end of a connection between two network namespaces, as a process of its own.
 * `server ADDRESS PORT`: accepts a connection, and prints `received` at its first bytes.
 * `client`: sends the request on stdin as n8n does, with axios, and prints the error as JSON.
 */
const net = require('node:net');
const axios = require('axios');

const [, , role, address, port] = process.argv;

const plain = (error) =>
	error && {
		name: error.name,
		message: error.message,
		code: error.code,
		syscall: error.syscall,
		cause: plain(error.cause),
	};

const serve = () => {
	const server = net.createServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () => process.stdout.write('received\n'));
		socket.resume();
	});
	server.listen(Number(port), address, () => process.stdout.write('listening\n'));
};

const send = async () => {
	const chunks = [];
	for await (const chunk of process.stdin) chunks.push(chunk);
	const { url, method, body, headers, timeout } = JSON.parse(Buffer.concat(chunks).toString());
	const config = { url, method, data: body, headers, timeout, maxRedirects: 0, proxy: false };
	const error = await axios({ ...config, maxBodyLength: Infinity }).catch((thrown) => thrown);
	process.stdout.write(JSON.stringify(plain(error)));
	process.exit();
};

if (role === 'server') serve();
else void send();
