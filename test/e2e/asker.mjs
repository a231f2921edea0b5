/**
 * Asks an address again and again, and prints the milliseconds of each answer, until its standard
 * input ends. A process of its own: what else the test does must not look like a late answer.
 *
 *     node asker.mjs <url> <milliseconds from one question to the next>
 */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';

import { request } from 'undici';

const [url, everyMs] = process.argv.slice(2);
const answers = [];

async function ask() {
	const begun = performance.now();
	const { statusCode, body } = await request(url);
	await body.dump();
	if (statusCode !== 200) throw new Error(`${url} answered HTTP ${statusCode}`);
	process.stdout.write(`${performance.now() - begun}\n`);
}

const timer = setInterval(() => answers.push(ask()), Number(everyMs));
process.stdin.resume().once('end', () => {
	clearInterval(timer);
	void Promise.all(answers).then(() => process.exit(0));
});
