/**
 * Preloaded into the test n8n: ends it when the process that started it is gone, however that one ended.
 * Unref'ed, so that the channel does not keep n8n running either.
 */
if (process.channel) {
	process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
	process.channel.unref();
}
