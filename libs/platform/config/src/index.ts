export { ConfigInvalid, configSection, readConfig, readSection } from './config-section.js';
export { environment } from './environment.js';
export type { ConfigOf, ConfigSection, Variable, Variables } from './config-section.js';
export { commaList, flag, optionalUrl, wholeNumber } from './variables.js';
