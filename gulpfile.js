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

/** What is bundled comes with its licences: libphonenumber-js, and Google's metadata in it. */
async function licences() {
	const [library, metadata] = await Promise.all(
		['LICENSE', 'LICENSE.Apache'].map((name) =>
			readFile(`node_modules/libphonenumber-js/${name}`, 'utf8'),
		),
	);
	const text = [
		'This package bundles libphonenumber-js (https://gitlab.com/catamphetamine/libphonenumber-js):',
		library.trim(),
		"It is based on Google's libphonenumber (https://github.com/google/libphonenumber):",
		metadata.trim(),
	];
	await mkdir('dist', { recursive: true });
	await writeFile('dist/THIRD_PARTY_LICENSES.txt', `${text.join('\n\n')}\n`);
}

exports.clean = clean;
exports.build = series(clean, parallel(bundle, assets, licences));
