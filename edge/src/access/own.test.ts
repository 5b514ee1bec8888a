import { describe, expect, it } from 'vitest';
import { OwnCredential } from './own.ts';

describe('a credential of the gateway itself', () => {
  it('counts with its present secret only', () => {
    const own = new OwnCredential('node-red');
    expect(own.check('node-red', '')).toBeNull();
    const first = own.renew();
    const digest = own.check('node-red', first);
    expect(digest).not.toBeNull();
    expect(own.stands(digest ?? '')).toBe(true);
    expect(own.check('other', first)).toBeNull();
    const second = own.renew();
    expect([own.check('node-red', first), own.stands(digest ?? '')]).toEqual([null, false]);
    expect(own.check('node-red', second)).not.toBeNull();
    own.end();
    expect(own.check('node-red', second)).toBeNull();
  });

  it('tells of every change', () => {
    const own = new OwnCredential('node-red');
    let changes = 0;
    const end = own.onChanged(() => {
      changes += 1;
    });
    own.renew();
    own.end();
    end();
    own.renew();
    expect(changes).toBe(2);
  });
});
