import './cli/production.js';
import { serveUntilStopped } from './cli/serve.js';
import { sayingWhy } from './for-people.js';

await sayingWhy(() => serveUntilStopped(process.env));
