/**
 * One calm line per piece of work: `Installing packages … 14 s`. On a terminal the seconds count up in place.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function progress(what, work) {
  const began = Date.now();
  const show = (end) =>
    process.stderr.write(`${live ? '\r' : ''}${what} … ${Math.round((Date.now() - began) / 1_000)} s${end}`);
  const live = process.stderr.isTTY;
  const timer = live ? setInterval(show, 1_000, '') : undefined;
  try {
    const result = await work();
    show('\n');
    return result;
  } catch (error) {
    process.stderr.write(`${live ? '\r' : ''}${what} … failed\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
