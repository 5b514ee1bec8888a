import { describe, expect, it } from 'vitest';
import { codeIn } from './link-code.ts';
import { isAllowed } from './may.ts';
import { ownPath } from './return-to.ts';

const origin = 'https://care.example';

describe('the page after sign-in', () => {
  it.each([
    ['/', '/'],
    ['/tickets/42?estate=lakeside', '/tickets/42?estate=lakeside'],
    ['/assets/lakeside/north-bin?range=7d', '/assets/lakeside/north-bin?range=7d'],
  ])('is the one that was asked for: %s', (wanted, path) => {
    expect(ownPath(wanted, origin)).toBe(path);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '//evil.example/tickets',
    'https://evil.example/tickets',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '///evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'care.example',
    '',
    undefined,
    42,
    ['/tickets'],
    '/sign-in?to=/sign-in',
    '/first',
    '/invite',
    '/api/estates',
  ])('is never anything but a page of this app: %j', (wanted) => {
    const path = ownPath(wanted, origin);
    expect(path).toBe('/');
    expect(new URL(path, origin).origin).toBe(origin);
  });
});

describe('the code of a link', () => {
  it('is read from the fragment alone', () => {
    expect(codeIn('#code=abcd-efgh')).toBe('abcd-efgh');
    expect(codeIn('#code=a%2Bb')).toBe('a+b');
    expect(codeIn('#code=')).toBeNull();
    expect(codeIn('#content')).toBeNull();
    expect(codeIn('')).toBeNull();
  });
});

describe('what one may do', () => {
  const may = { look: 'all', 'ticket.act': ['lakeside'], 'audit.read': [] } as const;

  it('holds for the estates of the grant and no other', () => {
    expect(isAllowed(may, 'look', 'harbour')).toBe(true);
    expect(isAllowed(may, 'ticket.act', 'lakeside')).toBe(true);
    expect(isAllowed(may, 'ticket.act', 'harbour')).toBe(false);
    expect(isAllowed(may, 'limit.change', 'lakeside')).toBe(false);
  });

  it('holds somewhere when at least one estate is covered', () => {
    expect(isAllowed(may, 'ticket.act')).toBe(true);
    expect(isAllowed(may, 'audit.read')).toBe(false);
    expect(isAllowed(may, 'people.manage')).toBe(false);
  });
});
