/**
 * Lets `Bunq.node` mean Bunq.node.ts and not its codex Bunq.node.json: Node takes the first known extension that fits,
 * and tsx appends its own. Import this file first.
 */
import Module from 'node:module';

const { _extensions: extensions } = Module as unknown as {
	_extensions: Record<string, unknown>;
};

const json = extensions['.json'];
delete extensions['.json'];
extensions['.json'] = json;
