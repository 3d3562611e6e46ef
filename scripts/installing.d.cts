/** A folder with a lock file. */
interface Tree {
	folder: string;
	/** As a person sees it. */
	what: string;
	gigabytes: number;
}

export declare const countPackages: (tree: Tree) => string;
export declare const checkSpace: (tree: Tree) => string | undefined;
export declare const dropHalfDone: (tree: Tree) => void;
export declare const reasonOf: (log: string) => string | undefined;
