import { GenericContainer } from 'testcontainers'

/** Publishes its port on 127.0.0.1 alone; testcontainers itself knows only "every interface". */
class LocalContainer extends GenericContainer {
  readonly port: number

  constructor(image: string, port: number) {
    super(image)
    this.port = port
    this.withExposedPorts({ container: port, host: port })
  }

  protected override async beforeContainerCreated(): Promise<void> {
    this.hostConfig.PortBindings = {
      [`${this.port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(this.port) }],
    }
  }
}

/**
 * A container whose program listens on the same port inside as outside: the one address that it hands to its clients
 * (`127.0.0.1:<port>`) is then right for them and for itself.
 */
export const localContainer = (image: string, port: number): GenericContainer =>
  new LocalContainer(image, port)
