/**
 * Preloaded into the test n8n: ends it when the process that started it ends for any reason. The channel is unref'ed, so
 * that it does not keep n8n running.
 */
if (process.channel) {
	process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
	process.channel.unref();
}
