export { havePart } from './have-part.js';
export { PartMissing } from './part-missing.js';
export { startKafka } from './start-kafka.js';
export type { KafkaOptions, RunningKafka } from './start-kafka.js';
export { startRedis } from './start-redis.js';
export type { RedisOptions, RunningRedis } from './start-redis.js';
