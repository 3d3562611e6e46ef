import recordings from './bunqRecordings.json';

/**
 * The shapes of replies and callbacks that a real bunq sent and somebody published: their keys, with types instead of
 * values. `scripts/recording.ts` adds one.
 */

/** `"string"`, `"number"`, `"boolean"` or null; of a list, the keys of all its entries together. */
export type Shape = string | null | Shape[] | { [key: string]: Shape };

export interface Recording {
	/** Where it was published. */
	source: string;
	shape: Shape;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyShape = any;

export type RecordingName = keyof typeof recordings;

export const recording = (name: RecordingName): AnyShape => recordings[name].shape;
