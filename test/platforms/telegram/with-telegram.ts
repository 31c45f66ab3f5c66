import { afterEach } from '@jest/globals';
import { type Scene, type SceneOptions, telegramScene } from './scene.js';

/** Makes scenes for the tests of a file, not started; each is closed after its test. */
export function withTelegram(defaults: SceneOptions = {}): (options?: SceneOptions) => Promise<Scene> {
  const open: Scene[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  return async (options = {}) => {
    const made = await telegramScene({ ...defaults, ...options });
    open.push(made);
    return made;
  };
}
