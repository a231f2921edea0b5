/** Looks for a planted secret in everything that a value reaches. */

/** More objects than a run ever has; beyond it the search has left the run. */
const MOST_OBJECTS = 500_000;

/**
 * The path at which a mark can be read: in any text, key, buffer, getter, symbol or hidden property,
 * along every reference. Undefined where it cannot.
 */
export function findMark(root: unknown, mark: string): string | undefined {
	const seen = new Set<object>();
	const open: Array<[value: unknown, path: string]> = [[root, '']];
	for (let next = open.pop(); next; next = open.pop()) {
		const [value, path] = next;
		if (typeof value === 'string' && value.includes(mark)) return path;
		if (typeof value === 'symbol' && value.toString().includes(mark)) return path;
		if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
		if (seen.has(value)) continue;
		seen.add(value);
		if (seen.size > MOST_OBJECTS) throw new Error(`The search does not end; it is at ${path}`);
		if (ArrayBuffer.isView(value)) {
			const { buffer, byteOffset, byteLength } = value;
			if (Buffer.from(buffer, byteOffset, byteLength).includes(mark)) return path;
			continue;
		}
		if (value instanceof Map || value instanceof Set) {
			for (const [at, entry] of [...value.entries()].entries()) {
				open.push([entry, `${path}{${at}}`]);
			}
		}
		for (const [key, property] of propertiesOf(value)) {
			if (String(key).includes(mark)) return `${path} (a key)`;
			open.push([property, `${path}.${String(key)}`]);
		}
	}
	return undefined;
}

/** Own properties, hidden ones and symbols too, and what getters of its classes return. */
function* propertiesOf(value: object): Iterable<[PropertyKey, unknown]> {
	for (
		let owner: object | null = value;
		owner && owner !== Object.prototype && owner !== Function.prototype;
		owner = Reflect.getPrototypeOf(owner)
	) {
		for (const key of Reflect.ownKeys(owner)) {
			if (key === 'constructor' || key === 'caller' || key === 'arguments' || key === 'callee') {
				continue;
			}
			const property = Reflect.getOwnPropertyDescriptor(owner, key);
			if (owner !== value && !property?.get) continue;
			try {
				yield [key, property?.get ? Reflect.get(value, key, value) : property?.value];
			} catch {
				// A getter that throws shows nothing.
			}
		}
	}
}
