export { gatewayConfig } from './gateway.config.js';
export { CannotListen, listen } from './listen.js';
export { relanceConfig } from './relance.config.js';
export { runOnce, runProcess } from './run-process.js';
export { Running } from './running.js';
export { serviceNames, servicePorts } from './service-ports.js';
export { supervisorConfig } from './supervisor.config.js';
