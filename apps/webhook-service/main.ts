import { runAlone } from '@millrace/platform';
import { WebhookModule } from './webhook.module.js';

await runAlone('webhook-service', () => Promise.resolve([WebhookModule]));
