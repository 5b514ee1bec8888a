import { describe, expect, it } from 'vitest';
import { scopeWith, withRole, withScope } from './grants.ts';
import { handOn } from './hand-on.ts';

describe('grants while they are edited', () => {
  it('gain and lose a role without touching the others', () => {
    const before = [{ role: 'viewer', estates: ['lakeside'] }] as const;
    const more = withRole(before, 'engineer', true);
    expect(more).toEqual([...before, { role: 'engineer', estates: 'all' }]);
    expect(withRole(more, 'engineer', false)).toEqual(before);
    expect(withScope(more, 'engineer', ['harbour'])[1]).toEqual({
      role: 'engineer',
      estates: ['harbour'],
    });
  });

  it('never hold for no estate', () => {
    expect(scopeWith(['a', 'b'], 'a', false)).toEqual(['b']);
    expect(scopeWith(['a'], 'a', false)).toEqual(['a']);
    expect(scopeWith(['a'], 'b', true)).toEqual(['a', 'b']);
  });

  it('are handed on no further than they reach', () => {
    expect(handOn([{ role: 'manager', estates: 'all' }])).toEqual(['viewer', 'manager']);
    expect(handOn([{ role: 'engineer', estates: ['a'] }])).toEqual([
      'viewer',
      'technician',
      'engineer',
    ]);
    expect(handOn([])).toEqual([]);
  });
});
