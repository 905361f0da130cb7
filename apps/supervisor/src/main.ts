import { Running, runProcess } from '@relance/process';
import { openInstallation } from './open-installation.js';

await runProcess((giveUp) => Running.start((opened) => openInstallation(giveUp, opened)));
