import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core would write its config to the user's home, and log the failures that tests provoke.
process.env.N8N_USER_FOLDER ??= join(tmpdir(), 'n8n-nodes-bunq-connect-tests');
process.env.N8N_LOG_LEVEL ??= 'silent';
