import { controlToken, runAlone } from '@millrace/platform';
import { controlModule } from './index.js';

await runAlone('control-api', async (config) => [controlModule(await controlToken(config))]);
