/** n8n's log at level debug, kept for a test. Import it before the engine, which reads the level. */

process.env.N8N_LOG_LEVEL = 'debug';
process.env.N8N_LOG_OUTPUT = 'console';

const lines: string[] = [];

// winston, n8n's logger, writes to the stream behind the console.
Object.defineProperty(console, '_stdout', {
	value: { write: (text: unknown) => lines.push(String(text)) },
});

/** What has been logged since the last call. */
export function takeLog(): string {
	return lines.splice(0).join('\n');
}
