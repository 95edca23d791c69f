import { afterAll, expect, it } from '@jest/globals';
import { hasRedisServer, startPrivateRedis, type PrivateRedis } from './private-redis.js';
import { describeQueue } from './queue.js';

let redis: PrivateRedis | undefined;

afterAll(() => redis?.kill());

if (hasRedisServer()) {
  describeQueue('Redis', async () => {
    const started = (redis = await startPrivateRedis());
    return { databaseUrl: '', redisUrl: started.url, kill: started.kill, start: started.start };
  });
} else {
  it('needs redis-server', () => expect(redis).toBeUndefined());
}
