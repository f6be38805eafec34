package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.fd.LockMode;

/** A temporary folder with something in it, an open file, a temporary file, a locked file. */
@Component
public final class FilesPart implements DemoPart {

    private final FdManager files;

    @Activate
    public FilesPart(@Reference(target = "(reclaim.available=true)") FdManager files) {
        this.files = files;
    }

    @Override
    public String resourceType() {
        return "file_descriptors";
    }

    @Override
    public List<Exhibit> acquire(long pid) throws IOException {
        var folder = files.createTemporaryDirectory(pid, "demo-").get().path();
        var inside = Files.createDirectory(folder.resolve("inside"));
        Files.writeString(inside.resolve("content.txt"), "deleted with the folder around it");

        var open = folder.resolve("open.txt");
        var channel = files.open(pid, open, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).get();
        channel.write(ByteBuffer.wrap("written through a channel that nobody closes".getBytes(StandardCharsets.UTF_8)));

        var temporary = files.createTemporaryFile(pid, "demo-", ".tmp").get().path();

        var exhibits = new ArrayList<Exhibit>();
        exhibits.add(new Exhibit("temporary folder", folder.toString(), () -> Files.exists(folder)));
        exhibits.add(new Exhibit("open file", open.toString(), () -> isThere(open)));
        exhibits.add(new Exhibit("temporary file", temporary.toString(), () -> isThere(temporary)));
        var locked = Files.createFile(folder.resolve("locked.txt"));
        if (files.tryLock(pid, locked, LockMode.EXCLUSIVE).isPresent()) {
            exhibits.add(new Exhibit("file lock", locked.toString(), () -> isThere(locked)));
        }
        return exhibits;
    }

    private static boolean isThere(Path file) throws IOException {
        return Files.exists(file) || Kernel.hasOpen(file);
    }
}
