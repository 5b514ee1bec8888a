import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

/** Reads one's account again after it was changed. */
export function useRenewAccount(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ queryKey: ['account'] }), [queries]);
}
