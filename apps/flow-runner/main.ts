import { runAlone } from '@millrace/platform';
import { RunnerModule } from './runner.module.js';

await runAlone('flow-runner', () => Promise.resolve([RunnerModule]));
