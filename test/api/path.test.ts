import fc from 'fast-check';
import { path } from '../../nodes/Bunq/api/path';

test('no value leaves its segment of a path', () => {
	fc.assert(
		fc.property(fc.string(), (text) => {
			let built: string | undefined;
			try {
				built = path`/user/{user}/monetary-account/${text}/payment`;
			} catch (error) {
				expect(String(error)).toContain('cannot be part of an address');
			}
			if (built === undefined) return;
			const url = new URL(`https://api.bunq.com/v1${built}`);
			expect(url.pathname.split('/')).toHaveLength(7);
			expect(url.search + url.hash).toBe('');
		}),
	);
});
