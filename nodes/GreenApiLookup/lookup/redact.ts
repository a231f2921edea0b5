/** GREEN-API repeats the token in its error bodies; this takes it out before anybody reads them. */

const REDACTED = '***';

/** The text without the secret, be it plain, percent-encoded or escaped as in a JSON string. */
export function redact(text: string, secret: string): string {
	const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
	return forms.reduce((left, form) => left.replaceAll(form, REDACTED), text);
}
