import { environment } from '@relance/config';
import { Running, runProcess } from '@relance/process';
import { openGateway } from './open-gateway.js';

await runProcess(() => Running.start((opened) => openGateway(environment(), opened)));
