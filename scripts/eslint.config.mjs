/**
 * Lint for what is not published: simulator, tests and scripts. What is published has n8n's own
 * rules, in eslint.config.mjs at the top; those forbid sockets, timers and the console. ESLint takes
 * the configuration that is nearest to a file (ESLINT_FLAGS in package.json).
 */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	js.configs.recommended,
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { projectService: true } },
		rules: {
			// n8n's interfaces want a promise where the test double has nothing to wait for.
			'@typescript-eslint/require-await': 'off',
			// jest types expect.any() and its kind as any.
			'@typescript-eslint/no-unsafe-assignment': 'off',
		},
	},
	{
		files: ['**/*.mjs', '**/*.js'],
		languageOptions: {
			globals: Object.fromEntries(
				['console', 'process', 'URL', 'module', 'require', 'exports', '__dirname'].map((name) => [
					name,
					'readonly',
				]),
			),
		},
	},
);
