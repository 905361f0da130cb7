export { describePart } from './describe-part.js';
export type { Part } from './describe-part.js';
export { eventually } from './eventually.js';
export { freshDatabase } from './fresh-database.js';
export type { FreshDatabase } from './fresh-database.js';
export { administratorToken, anId, testApp } from './test-app.js';
export type { TestAnswer, TestApp } from './test-app.js';
export { startTcpProxy } from './tcp-proxy.js';
export type { TcpProxy } from './tcp-proxy.js';
