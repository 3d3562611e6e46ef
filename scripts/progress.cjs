/**
 * One line with the seconds: rewritten in place on a terminal, a new one every 15 seconds elsewhere. `howFar` adds what is done
 * so far. Returns what to call at the end, with the outcome.
 */
const showProgress = (text, howFar = () => '') => {
	const began = Date.now();
	const line = () => `${text}${howFar()} … ${Math.round((Date.now() - began) / 1000)} s`;
	const tty = process.stdout.isTTY;
	const show = () => (tty ? process.stdout.write(`\r${line()}`) : console.log(line()));
	if (tty) show();
	else console.log(text);
	const timer = setInterval(show, tty ? 1000 : 15_000);
	return (outcome) => {
		clearInterval(timer);
		console.log(`${tty ? '\r' : ''}${line()}, ${outcome}`);
	};
};

module.exports = { showProgress };
