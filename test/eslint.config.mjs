import js from '@eslint/js';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The tests start servers and wait for them, which n8n's config for published code forbids.
export default tseslint.config(
	globalIgnores(['**/node_modules/**']),
	js.configs.recommended,
	tseslint.configs.recommended,
	{
		rules: {
			'func-style': ['error', 'expression'],
			'prefer-arrow-callback': 'error',
			'no-duplicate-imports': 'error',
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
			],
			'@typescript-eslint/no-import-type-side-effects': 'error',
			'no-restricted-globals': [
				'error',
				...['it', 'xit', 'fit', 'xtest', 'xdescribe', 'fdescribe'].map((name) => ({
					name,
					message: 'Write test or describe.',
				})),
			],
		},
	},
	{
		files: ['**/*.cjs'],
		languageOptions: {
			globals: {
				require: 'readonly',
				module: 'writable',
				process: 'readonly',
				console: 'readonly',
				__dirname: 'readonly',
				Buffer: 'readonly',
				setTimeout: 'readonly',
				setInterval: 'readonly',
				clearInterval: 'readonly',
				URL: 'readonly',
			},
		},
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
);
