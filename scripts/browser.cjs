const fs = require('node:fs');

/** The Chromium of this machine, undefined without one. CHROMIUM may name another. */
const findBrowser = () =>
	[
		process.env.CHROMIUM ?? '',
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	].find((file) => file && fs.existsSync(file));

module.exports = { findBrowser };
