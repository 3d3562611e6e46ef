/** A map with at most `maxSize` entries: adding one more drops the oldest, in the order in which keys were first set. */
export class BoundedMap<K, V> extends Map<K, V> {
	constructor(private readonly maxSize: number) {
		super();
	}

	set(key: K, value: V) {
		super.set(key, value);
		for (const oldest of this.keys()) {
			if (this.size <= this.maxSize) break;
			this.delete(oldest);
		}
		return this;
	}
}
