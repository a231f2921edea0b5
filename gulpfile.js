/**
 * Builds dist/, the part that is published. One file per entry point: n8n loads the class from the
 * file that package.json names, and a package without runtime dependencies must bring along all
 * that it needs.
 */
const { mkdir, readFile, rm, writeFile } = require('node:fs/promises');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const manifest = require('./package.json');

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

/** The entry points are those that package.json promises to n8n. */
async function bundle() {
	const entries = [...manifest.n8n.credentials, ...manifest.n8n.nodes];
	await esbuild.build({
		entryPoints: entries.map((file) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts')),
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		external: ['n8n-workflow'],
		logLevel: 'warning',
	});
}

/** Icons, codex and output schemas stand beside the node's code, where n8n looks for them. */
function assets() {
	return src('nodes/**/*.{svg,json}', { encoding: false }).pipe(dest('dist/nodes'));
}

/** What is bundled comes with its licences; libphonenumber-js with that of Google's metadata too. */
async function licences() {
	const files = [
		'libphonenumber-js/LICENSE',
		'libphonenumber-js/LICENSE.Apache',
		'i18n-iso-countries/LICENSE',
	];
	const texts = await Promise.all(
		files.map(
			async (file) => `${file}\n\n${(await readFile(`node_modules/${file}`, 'utf8')).trim()}`,
		),
	);
	await mkdir('dist', { recursive: true });
	await writeFile('dist/THIRD_PARTY_LICENSES.txt', `${texts.join('\n\n')}\n`);
}

exports.clean = clean;
exports.build = series(clean, parallel(bundle, assets, licences));
