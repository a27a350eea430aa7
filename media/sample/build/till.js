console.log("an old build");
