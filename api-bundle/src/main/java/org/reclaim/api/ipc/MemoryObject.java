package org.reclaim.api.ipc;

/** Shared memory. It has its name in the kernel while it is open. */
final class MemoryObject extends NamedObject {

    private final String kernelName;
    private final long byteSize;

    /** False until the kernel has the memory in full under the name, and from when it no longer has it. */
    private volatile boolean open;

    MemoryObject(IpcNamespace namespace, String name, long ownerPid, String kernelName, long byteSize) {
        super(namespace, name, ownerPid);
        this.kernelName = kernelName;
        this.byteSize = byteSize;
    }

    /** Without the slash in front. */
    String kernelName() {
        return kernelName;
    }

    long byteSize() {
        return byteSize;
    }

    @Override
    String kind() {
        return "shared memory";
    }

    @Override
    boolean isOpen() {
        return open;
    }

    void created() {
        open = true;
    }

    void unlinked() {
        // First: who still sees it open after he has opened the name in the kernel has opened this one, because nobody
        // can use the name again before it is given back.
        open = false;
        forgetName();
    }
}
