import { describe, expect, it } from '@jest/globals'
import { givenAddresses } from './stack.ts'

describe('addresses in the environment', () => {
  it('are taken as they are, each for itself', () => {
    expect(givenAddresses({ KAFKA_BROKERS: 'a:1, b:2,' })).toEqual({ brokers: ['a:1', 'b:2'] })
    expect(givenAddresses({ MONGODB_URL: 'mongodb://h/?replicaSet=rs' })).toEqual({
      mongoUrl: 'mongodb://h/?replicaSet=rs',
    })
  })

  it('that are empty are none', () => {
    expect(givenAddresses({ KAFKA_BROKERS: ' , ', MONGODB_URL: '  ' })).toEqual({})
  })
})
